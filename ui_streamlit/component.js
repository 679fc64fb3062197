// What Streamlit sends of a component: its script is in the page.
export default (place) => window.phComponents.NAME(place);
